"""The cloud's Lambda functions, each a folder that is packed as it is."""
