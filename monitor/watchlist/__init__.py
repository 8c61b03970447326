"""What is monitored: entries, how they were chosen, and the phrases they are searched by."""
