"""The room where signals become a risk with its reasons."""

from beforehand.prediction.prior import MODEL, assess

__all__ = ["MODEL", "assess"]
