"""The rules of notices: which kinds there are, when it is quiet, what leaves when and together."""
