"""The standing auditor: questions whose right answer is no row at all, asked of the primary in one snapshot."""
