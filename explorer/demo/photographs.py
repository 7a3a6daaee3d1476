"""The demo's photographs, read from the folders of packages.

The packages are not imported. docs/demo-photos.md has the same table for readers.
"""

from __future__ import annotations

from dataclasses import dataclass

from PIL import Image

from explorer.demo.photograph_packages import package_folder
from explorer.errors import ExplorerError

_MATERIAL, _SOFT = "theme_material_kit/static/assets/img", "theme_soft_design/static/img"
_SKIMAGE, _SKLEARN = "skimage/data", "sklearn/datasets/images"
_DISTRIBUTION = {
    "theme_material_kit": "django-theme-material-kit",
    "theme_soft_design": "django-theme-soft-design",
    "skimage": "scikit-image",
    "sklearn": "scikit-learn",
}
PACKAGES = tuple(_DISTRIBUTION)
"""The names of the packages' folders."""
_UNKNOWN, _MIT = "not stated", "MIT, as part of the package"
_CC0, _CC_BY, _PUBLIC = "CC0", "CC BY 2.0", "public domain"


@dataclass(frozen=True)
class Photograph:
    """The file of a photograph, and its author and license. path: begins with the folder of the
    package that holds it."""

    path: str
    author: str = _UNKNOWN
    licence: str = _MIT

    @property
    def distribution(self) -> str:
        """The package's name for pip."""
        return _DISTRIBUTION[self.path.split("/", 1)[0]]


PHOTOGRAPHS = {
    # landscapes and towns
    "lake": Photograph(f"{_MATERIAL}/bg.jpg"),
    "smoke": Photograph(f"{_MATERIAL}/bg0.jpg"),
    "old library": Photograph(f"{_MATERIAL}/bg10.jpg"),
    "dusk": Photograph(f"{_MATERIAL}/bg2.jpg"),
    "hills": Photograph(f"{_MATERIAL}/bg3.jpg"),
    "castle": Photograph(f"{_MATERIAL}/bg5.jpg"),
    "tents": Photograph(f"{_MATERIAL}/bg9.jpg"),
    "city": Photograph(f"{_MATERIAL}/city-profile.jpg"),
    "cabin": Photograph(f"{_MATERIAL}/examples/blog-9-4.jpg"),
    "cliffs": Photograph(f"{_MATERIAL}/examples/blog2.jpg"),
    "canals": Photograph(f"{_SOFT}/anastasia.jpg"),
    "canyon": Photograph(f"{_SOFT}/blog7-1.jpg"),
    "coast": Photograph(f"{_SOFT}/blog7-2.jpg"),
    "temple": Photograph(f"{_SOFT}/blog7-3.jpg"),
    "pavilion": Photograph(f"{_SKLEARN}/china.jpg", "danielbuechele", _CC_BY),
    # rooms and work
    "glass room": Photograph(f"{_MATERIAL}/examples/testimonial-6-2.jpg"),
    "laptops": Photograph(f"{_MATERIAL}/examples/testimonial-6-3.jpg"),
    "meeting": Photograph(f"{_SOFT}/annie-spratt.jpg"),
    "tea": Photograph(f"{_SOFT}/card-2.jpg"),
    "desk": Photograph(f"{_SOFT}/card-3.jpg"),
    "blue room": Photograph(f"{_SOFT}/ivancik.jpg"),
    "office": Photograph(f"{_SOFT}/meeting.jpg"),
    "empty office": Photograph(f"{_SOFT}/nastuh.jpg"),
    "lounge": Photograph(f"{_SOFT}/toa-heftiba.jpg"),
    # people
    "beanie": Photograph(f"{_MATERIAL}/bruce-mars.jpg"),
    "glasses": Photograph(f"{_MATERIAL}/ivana-square.jpg"),
    "leaves": Photograph(f"{_MATERIAL}/team-1.jpg"),
    "sunglasses": Photograph(f"{_MATERIAL}/team-2.jpg"),
    "garden": Photograph(f"{_MATERIAL}/team-5.jpg"),
    "red jumper": Photograph(f"{_SOFT}/brooke.jpg"),
    "football shirt": Photograph(f"{_SOFT}/charles.jpg"),
    "laughing": Photograph(f"{_SOFT}/ivana.jpg"),
    "yellow cap": Photograph(f"{_SOFT}/jordan.jpg"),
    "stripes": Photograph(f"{_SOFT}/kal-visuals.jpg"),
    "blue wall": Photograph(f"{_SOFT}/marie.jpg"),
    "orange wall": Photograph(f"{_SOFT}/team-2.jpg"),
    "parka": Photograph(f"{_SOFT}/team-3.jpg"),
    "astronaut": Photograph(f"{_SKIMAGE}/astronaut.png", "NASA", _PUBLIC),
    "photographer": Photograph(f"{_SKIMAGE}/camera.png", "Lav Varshney", _CC0),
    # animals, food, things
    "cat": Photograph(f"{_SKIMAGE}/chelsea.png", "Stefan van der Walt", _CC0),
    "coffee": Photograph(f"{_SKIMAGE}/coffee.png", "Rachel Michetti", _CC0),
    "dahlia": Photograph(f"{_SKLEARN}/flower.jpg", "vultilion", _CC_BY),
    "coins": Photograph(
        f"{_SKIMAGE}/coins.png", "Brooklyn Museum", "no known copyright restrictions"
    ),
    "galaxies": Photograph(f"{_SKIMAGE}/hubble_deep_field.jpg", "NASA", _PUBLIC),
    "rocket": Photograph(f"{_SKIMAGE}/rocket.jpg", "SpaceX", _PUBLIC),
    "clock": Photograph(f"{_SKIMAGE}/clock_motion.png", "Stefan van der Walt", _PUBLIC),
    "bricks": Photograph(f"{_SKIMAGE}/brick.png", "CC0Textures", _CC0),
    "grass": Photograph(f"{_SKIMAGE}/grass.png", "linolafett", _CC0),
    "gravel": Photograph(f"{_SKIMAGE}/gravel.png", "CC0Textures", _CC0),
}


def photograph(name: str, side: int = 1600) -> Image.Image:
    """One of PHOTOGRAPHS, in RGB or grayscale, with a longest side of at most `side` pixels. Raises
    ExplorerError if its package, or the file in it, is missing."""
    source = PHOTOGRAPHS[name]
    package, inside = source.path.split("/", 1)
    folder = package_folder(package)
    if folder is None or not (folder / inside).is_file():
        raise ExplorerError(
            f"the demo needs the photograph {source.path} of the package {source.distribution},"
            " which is not there: install what requirements-demo.txt lists"
        )
    with Image.open(folder / inside) as picture:
        picture.thumbnail((side, side), Image.Resampling.LANCZOS)
        return picture.copy() if picture.mode in ("RGB", "L") else picture.convert("RGB")
