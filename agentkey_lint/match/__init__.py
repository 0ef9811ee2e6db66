"""One SIMD pass finds anchors, small linear regexes confirm around them."""
