"""A page about fruit."""

import streamlit as st

st.title("Fruit")
st.bar_chart({"apples": 3, "pears": 2})
