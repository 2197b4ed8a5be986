"""The whole of AWS on this machine: ``make deploy-local`` puts every stack into a stand-in for AWS (moto) by CDK's own
command and reads back what came out.

It shows that the templates deploy, in their order, and that what they ask for is what is there afterwards. It doesn't
show that AWS would run them: the stand-in starts no container and no database, and enforces no policy.
"""
