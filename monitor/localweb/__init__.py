"""Pages for a person on this machine only: who may talk to them, and the server that shows them until it is stopped."""
