"""Set up the environment on the first start.

These modules run before the packages are installed, on whatever Python is there. They are therefore
limited to the standard library and to syntax that old versions understand, and report clearly if a
Python is too old.
"""
