"""A deployment as steps: what each does, in which order, and what takes it back when a later one fails.

``make deploy STAGE=staging`` is the whole of it, from an empty account on. The workflow on GitHub runs two parts of it:
``image`` and ``release``. Nothing of this has run on AWS yet; the tests run it against a stand-in.
"""
