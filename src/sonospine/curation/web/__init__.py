"""The local web page on which curators correct what was read."""
