"""Parts that pages are put together from; they know Streamlit and no mathematics."""
