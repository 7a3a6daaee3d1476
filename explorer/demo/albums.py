"""The list of sample files: albums by year and place, and the files that pile up beside them."""

from __future__ import annotations

from collections.abc import Callable

from PIL import Image

from explorer.demo import effects
from explorer.demo.cameras import ANDROID, COMPACT, MIRRORLESS, PHONE, REFLEX, SCANNER, Camera

Place = tuple[float, float] | None


# File name, photograph, time taken, and place. An album is a camera, a folder, and its shots.
Shot = tuple[str, str, str, Place]
ALBUMS: list[tuple[Camera, str, list[Shot]]] = [
    (COMPACT, "2012 First camera", [
        ("IMG_0007.JPG", "cabin", "2012-07-21 15:20:11", None),
        ("IMG_0012.JPG", "pavilion", "2012-10-04 11:02:45", None),
        ("IMG_0031.JPG", "dahlia", "2013-08-30 17:41:09", None),
    ]),
    (COMPACT, "2015 America", [
        ("IMG_1204.JPG", "cliffs", "2015-09-03 10:12:40", (37.7216, -119.6466)),
        ("IMG_1251.JPG", "canyon", "2015-09-08 16:55:02", (36.8791, -111.5104)),
        ("IMG_1302.JPG", "rocket", "2015-09-15 19:33:27", (28.5620, -80.5772)),
    ]),
    (REFLEX, "2016 Scotland", [
        ("DSC_0118.JPG", "hills", "2016-05-14 10:21:33", (57.6436, -6.2654)),
        ("DSC_0142.JPG", "lake", "2016-05-16 06:48:10", (57.3229, -4.4244)),
        ("DSC_0163.JPG", "dusk", "2016-05-17 21:50:58", None),
    ]),
    (REFLEX, "2017 Amsterdam",
    [("DSC_0420.JPG", "canals", "2017-04-28 13:15:20", (52.3738, 4.8967))]),
    (REFLEX, "2018 Bavaria & Bohemia", [
        ("DSC_0901.JPG", "castle", "2018-08-11 12:04:51", (47.5576, 10.7498)),
        ("DSC_0977.JPG", "old library", "2018-08-15 15:37:29", (50.0864, 14.3893)),
    ]),
    (PHONE, "2019 Italy", [
        ("IMG_2011.HEIC", "coffee", "2019-05-12 08:31:05", (40.8359, 14.2488)),
        ("IMG_2019.JPG", "coast", "2019-05-12 18:20:44", (40.6281, 14.4850)),
        ("IMG_2024.JPG", "coins", "2019-05-13 11:47:12", (40.8534, 14.2505)),
    ]),
    (MIRRORLESS, "2023 Asia", [
        ("DSC01182.JPG", "temple", "2023-01-19 17:58:31", (16.7951, 96.1660)),
        ("DSC01240.JPG", "city", "2023-01-25 20:41:17", (13.7563, 100.5018)),
        ("天幕.jpg", "tents", "2023-01-28 22:10:03", None),
    ]),
    (MIRRORLESS, "Friends", [
        ("Zoë.jpg", "laughing", "2020-02-22 14:03:37", None),
        ("DSC00311.JPG", "stripes", "2020-02-22 14:40:51", None),
        ("DSC00334.JPG", "yellow cap", "2020-11-07 16:22:48", None),
        ("DSC00340.JPG", "red jumper", "2020-11-07 16:58:19", None),
        ("DSC00402.JPG", "football shirt", "2021-06-05 12:30:00", None),
        ("DSC00419.JPG", "blue wall", "2021-06-05 15:11:26", None),
        ("portraits/DSC00512.JPG", "orange wall", "2022-03-12 13:08:54", None),
        ("portraits/DSC00513.JPG", "parka", "2022-03-12 13:29:02", None),
        ("portraits/DSC00514.JPG", "beanie", "2022-03-12 13:44:40", None),
        ("portraits/DSC00515.JPG", "glasses", "2022-03-12 14:02:15", None),
    ]),
    (ANDROID, "Phone", [
        ("PXL_20220617_101530.jpg", "leaves", "2022-06-17 10:15:30", (48.1372, 11.5756)),
        ("PXL_20220617_154409.jpg", "sunglasses", "2022-06-17 15:44:09", (48.1391, 11.5802)),
        ("PXL_20220702_183012.jpg", "garden", "2022-07-02 18:30:12", None),
        ("PXL_20220903_193355.jpg", "blue room", "2022-09-03 19:33:55", (48.1517, 11.5822)),
        ("tea.avif", "tea", "2025-02-09 09:12:00", None),
    ]),
    (PHONE, "Phone",
    [("IMG_3301.HEIC", "cat", "2021-12-24 16:09:21", (48.1351, 11.5820))]),
    (PHONE, "Work", [
        ("IMG_4102.JPG", "meeting", "2024-03-05 10:30:18", (52.5200, 13.4050)),
        ("IMG_4110.JPG", "office", "2024-03-05 14:47:33", (52.5200, 13.4050)),
        ("IMG_4119.JPG", "glass room", "2024-04-11 09:05:57", (52.5163, 13.3777)),
        ("IMG_4131.JPG", "laptops", "2024-06-20 16:18:42", None),
        ("IMG_4140.JPG", "empty office", "2025-05-02 08:01:13", (52.5200, 13.4050)),
        ("lounge.webp", "lounge", "2025-05-02 08:04:40", None),
    ]),
    (SCANNER, "Scans", [
        ("scan0001.jpg", "photographer", "2014-12-27 15:00:10", None),
        ("scan0002.tif", "astronaut", "2014-12-27 15:04:22", None),
    ]),
    (SCANNER, "Downloads", [("wallpaper.bmp", "galaxies", "2022-10-30 21:14:00", None)]),
]  # fmt: skip

# Photos from cameras whose clocks were never set, overflowed, or ran ahead.
MISDATED = [
    ("Old phone/100MEDIA/IMAG0001.jpg", "bricks", "1970-01-01 00:00:00"),
    ("Old phone/100MEDIA/IMAG0002.jpg", "grass", "2038-01-19 03:14:07"),
    ("Old phone/100MEDIA/IMAG0003.jpg", "gravel", "0000-00-00 00:00:00"),
    ("Old phone/100MEDIA/IMAG0004.jpg", "clock", "2099-06-01 12:00:00"),
]
# EXIF orientations of photos taken with the camera held sideways or upside down: the pixels are
# stored as the sensor saw them, and EXIF says how to turn them.
HELD = {"IMG_2019.JPG": 3, "DSC00334.JPG": 8, "PXL_20220903_193355.jpg": 6, "IMG_1204.JPG": 6}
AS_SEEN = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_90,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_270,
}

# A file, the file it was made from, the change that was made, and the JPEG quality.
Change = Callable[[Image.Image], Image.Image]
ALIKE: list[tuple[str, str, Change | None, int]] = [
    ("Edited/castle-small.jpg", "2018 Bavaria & Bohemia/DSC_0901.JPG", effects.halved, 82),
    ("Edited/castle-frame.jpg", "2018 Bavaria & Bohemia/DSC_0901.JPG", effects.bordered, 88),
    ("Edited/castle-light.jpg", "2018 Bavaria & Bohemia/DSC_0901.JPG", effects.brighter, 88),
    ("Edited/canals-crop.jpg", "2017 Amsterdam/DSC_0420.JPG", effects.cropped, 90),
    ("Edited/canyon-light.jpg", "2015 America/IMG_1251.JPG", effects.brighter, 85),
    ("Edited/temple-crop.jpg", "2023 Asia/DSC01182.JPG", effects.cropped, 90),
    ("Edited/temple-email.jpg", "2023 Asia/DSC01182.JPG", None, 38),
    ("Edited/hills-frame.jpg", "2016 Scotland/DSC_0118.JPG", effects.bordered, 88),
    ("Edited/dahlia-light.png", "2012 First camera/IMG_0031.JPG", effects.brighter, 0),
    ("Phone/WhatsApp/IMG-20190512-WA0003.jpg", "2019 Italy/IMG_2019.JPG", effects.halved, 60),
    ("Phone/WhatsApp/IMG-20200222-WA0001.jpg", "Friends/DSC00311.JPG", effects.halved, 60),
    ("Phone/WhatsApp/IMG-20230119-WA0007.jpg", "2023 Asia/DSC01182.JPG", effects.halved, 60),
    ("Phone/WhatsApp/IMG-20211224-WA0000.jpg", "Phone/IMG_3301.HEIC", None, 55),
]
COPIES = [
    ("2016 Scotland/DSC_0142 (1).JPG", "2016 Scotland/DSC_0142.JPG"),
    ("Downloads/photo.jpg", "Friends/DSC00311.JPG"),
    ("Downloads/photo (1).jpg", "Friends/DSC00311.JPG"),
    ("Backup 2018/castle.jpg", "2018 Bavaria & Bohemia/DSC_0901.JPG"),
    ("Backup 2018/DSC_0118.JPG", "2016 Scotland/DSC_0118.JPG"),
    ("Backup 2018/DSC_0163.JPG", "2016 Scotland/DSC_0163.JPG"),
    ("Old phone/cat.heic", "Phone/IMG_3301.HEIC"),
]
# File name with a placeholder for the second, photograph, time of the first shot, number of shots.
BURSTS = [
    ("Phone/PXL_20210814_1742{:02}.jpg", "smoke", "2021-08-14 17:42:10", 5),
    ("2023 Asia/DSC012{:02}.JPG", "city", "2023-01-25 20:41:41", 3),
]
POOR: list[tuple[str, str, Change, str]] = [
    ("Phone/PXL_20220903_193402.jpg", "blue room", effects.out_of_focus, "2022-09-03 19:34:02"),
    ("Phone/PXL_20221111_080815.jpg", "desk", effects.out_of_focus, "2022-11-11 08:08:15"),
    ("Phone/PXL_20230401_121944.jpg", "canals", effects.shaken, "2023-04-01 12:19:44"),
    ("Phone/PXL_20230401_122001.jpg", "football shirt", effects.shaken, "2023-04-01 12:20:01"),
    ("Phone/PXL_20231231_235958.jpg", "tents", effects.dark, "2023-12-31 23:59:58"),
    ("Phone/PXL_20231231_235959.jpg", "office", effects.dark, "2023-12-31 23:59:59"),
    ("Phone/PXL_20240630_131313.jpg", "lake", effects.overexposed, "2024-06-30 13:13:13"),
    ("Phone/PXL_20240630_131320.jpg", "coast", effects.overexposed, "2024-06-30 13:13:20"),
    ("Phone/PXL_20241009_201107.jpg", "old library", effects.grainy, "2024-10-09 20:11:07"),
]
BROKEN = (
    "Old disk/DSC_0901.JPG", "Old disk/DSC_0902.JPG", "Old disk/DSC_0903.JPG",
    "Old disk/DSC_0904.JPG", "Old disk/recovered.jpg",
    "Old disk/holiday.png", "Downloads/beach.jpg", "Downloads/page.jpg",
)  # fmt: skip
