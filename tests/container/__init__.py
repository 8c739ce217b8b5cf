"""What the image promises, tried with podman and runc: `make container`."""
