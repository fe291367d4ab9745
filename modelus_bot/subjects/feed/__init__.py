"""The feed: what happens in the simulation, told in a channel and read back with `/feed recent`.

Other subjects tell of a change with one line beside its write (``writes/recording.py``); the job posts what
waits, several events as one message, each at most once.
"""
