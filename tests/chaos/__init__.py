"""Fault drills: real processes, real stores, real HTTP; kills, freezes and named crash points under live streams."""
