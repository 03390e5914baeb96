"""The notebook front: magics, the loop's thread, the view of a run. The only floor that knows Jupyter."""
