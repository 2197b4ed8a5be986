"""Buckets as all of ours are: encrypted, closed to the world, over TLS only, kept where the stage keeps its data."""

from typing import Any

from aws_cdk import RemovalPolicy
from aws_cdk import aws_s3 as s3
from constructs import Construct


def closed_bucket(scope: Construct, name: str, *, keep: bool, **more: Any) -> s3.Bucket:
    """``keep``: whether the bucket outlives its stack; ``more`` goes to CDK's Bucket as it is."""
    return s3.Bucket(
        scope,
        name,
        encryption=s3.BucketEncryption.S3_MANAGED,  # load balancers can write to no other kind
        block_public_access=s3.BlockPublicAccess.BLOCK_ALL,
        enforce_ssl=True,
        removal_policy=RemovalPolicy.RETAIN if keep else RemovalPolicy.DESTROY,
        **more,
    )
