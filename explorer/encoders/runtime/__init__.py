"""What encoders run on: OpenVINO in fp32, bf16 or INT8, or torch on a graphics processor."""
