"""1688.com: domestic wholesale in China."""
