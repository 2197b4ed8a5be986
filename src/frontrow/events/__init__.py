"""What is on: venues and their seat maps (immutable versions), events, performances, ticket types
and prices, search."""
