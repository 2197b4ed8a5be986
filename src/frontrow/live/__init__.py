"""The live room: who looks at a seat map sees it change. A socket says hello once its process listens, then sends
fenced seat changes and, every 2 s, the sum of all fences; a page whose own sum differs loads the snapshot again."""
