"""Files from the province in: reading, recognising, checking, loading.

The way of a file: `child` (a process of its own) reads and checks it and sends rows ready for COPY;
`loading` pumps them into staging while the child goes on; a loader function of the database upserts
set by set. `commands.load` is the front, `commands.inspect` looks without loading.
"""
