"""The demo: a library of sample photos with everything that goes wrong in a real one."""
