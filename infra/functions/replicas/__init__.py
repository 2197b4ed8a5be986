"""Adds and takes away replicas of the database."""
