"""The image, built and tried where there is neither a daemon nor a registry of images: ``python -m infra.image``.

Docker's own way (``docker build .``) needs both. Here buildah builds the same Dockerfile, on bases that are made of
Debian's packages; see ``bases`` for what differs from the real ones.
"""
