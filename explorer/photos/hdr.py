"""x"""
def scene_to_srgb(v): return (v.clip(0,1)*255).astype('u1')
