"""Yahoo! Flea Market, formerly PayPay Flea Market: used goods in Japan."""
