from __future__ import annotations

import pytest

from explorer.photos.metadata.file_name_dates import parse_file_name_date


@pytest.mark.parametrize(
    ("name", "iso"),
    [
        ("WhatsApp Image 2019-05-12 at 10.15.30 PM.jpeg", "2019-05-12T22:15:30"),
        ("WhatsApp Image 2019-05-12 at 1.15.30 PM (2).jpeg", "2019-05-12T13:15:30"),
        ("WhatsApp Image 2019-05-12 at 12.15.30 AM.jpeg", "2019-05-12T00:15:30"),
        ("WhatsApp Image 2019-05-12 at 12.15.30 PM.jpeg", "2019-05-12T12:15:30"),
        ("WhatsApp Image 2019-05-12 at 9.15.30.jpeg", "2019-05-12T09:15:30"),
        ("Screenshot 2024-01-05 at 3.04.05\u202fPM.jpg", "2024-01-05T15:04:05"),
        ("Screen Shot 2014-01-05 at 3.04.05 am 2.png", "2014-01-05T03:04:05"),
        ("Captura de pantalla 2024-01-05 a la(s) 3.04.05.png", "2024-01-05"),
        ("Captura 2024-01-05 3.04.05 p. m..png", "2024-01-05T15:04:05"),
        ("截屏2024-01-05 下午3.04.05.png", "2024-01-05T15:04:05"),
        ("截屏2024-01-05 上午3.04.05.png", "2024-01-05T03:04:05"),
        ("スクリーンショット 2024-01-05 3.04.05.png", "2024-01-05T03:04:05"),
        ("2019-05-12 3-04 PM.jpg", "2019-05-12T15:04"),
        ("2019-05-12 10.15.30 Pamplona.jpg", "2019-05-12T10:15:30"),
        ("2019-05-12, 10.15.30.jpg", "2019-05-12T10:15:30"),
        ("2019-05-12 13.15.30 PM.jpg", "2019-05-12T13:15:30"),
        # Ranges of days have no time.
        ("Trip 20201105-20211231.jpg", "2020-11-05"),
        ("Trip 20201105_20211231.jpg", "2020-11-05"),
        ("Trip 2020-11-05-2021-12-31.jpg", "2020-11-05"),
        ("Trip 2020-11-05_2021-12-31.jpg", "2020-11-05"),
        ("Trip 2020-11-05 - 2021-12-31.jpg", "2020-11-05"),
        ("Trip 2020.11.05-2020.11.12.jpg", "2020-11-05"),
        ("Trip 2020-11-05 to 2020-11-12 10.15.30.jpg", "2020-11-12T10:15:30"),
        ("PXL_20201225_101112345.MP.jpg", "2020-12-25T10:11:12"),
        ("20201105_2021123.jpg", "2020-11-05"),
        ("20201105202112311.jpg", None),
        ("VID_20190712_243000.jpg", "2019-07-12T00:30:00"),
        ("3020190712_143000.jpg", None),
        ("IMG_20191345 2018-02-03.jpg", "2018-02-03"),
        ("2019-07.12 2018.jpg", None),
    ],
)
def test_names(name: str, iso: str | None) -> None:
    found = parse_file_name_date(name)
    assert (found and found.iso) == iso
