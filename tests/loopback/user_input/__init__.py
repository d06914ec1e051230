"""What Discord's own client lets a user enter, and the interaction data it sends for that.

Whatever that client would not allow raises `NotOffered`; no interaction is sent then.
"""
