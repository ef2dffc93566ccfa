"""Tocsin: the hub from which a public authority warns people and answers rumours."""
