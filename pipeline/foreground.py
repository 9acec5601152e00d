"""The subject's own colours, freed of the background that shines through hair and edges.

A pixel is the mixture ``I = alpha F + (1 - alpha) B``. Pasting I itself on a new background
leaves a halo of the old one; F does not.
"""
