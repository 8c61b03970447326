"""The recall API of the US Consumer Product Safety Commission."""
