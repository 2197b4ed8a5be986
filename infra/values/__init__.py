"""Every value that the architecture was asked to have, beside the templates' and beside what a deployment says."""
