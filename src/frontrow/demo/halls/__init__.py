"""The demo's halls, drawn: every place has its point, and no two houses are alike."""
