"""`content/` → posts and comments: the only room that reads them.

Everything that is there is read, whatever its status: what may be published is decided in
`visibility`, and how comments hang together in `threads`. A file that cannot be understood costs
itself and a line; a file that the system will not let us read ends the build (promise 9).
"""
