"""AliExpress: state in the page until 2020, since then frames that scripts fill in."""
