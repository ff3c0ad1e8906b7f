"""Mutation testing of the machines that decide: would the tests notice if one line of them were wrong?"""
