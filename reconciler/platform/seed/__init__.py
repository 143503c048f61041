"""The demo assets: real images, composed scenes and really trained models; importing this package loads nothing heavy.

Two halves that never mix: *generation* (`digits`, `scenes`, `classifiers`, `detectors`: pure, deterministic for a
seed number, bytes and arrays only) and *planting* (`plant`, which alone writes into the platform's store).
`plant.seed` is the door; `stream` hands out the images that no dataset version holds.
"""
