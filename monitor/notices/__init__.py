"""When platforms were told, by an authority or by a group, and what came back: clocks A2 and A3."""
