# docker build -t deepmasque . && docker run --rm -p 8501:8501 deepmasque
FROM python:3.11.14-slim-bookworm

ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1 PYTHONUNBUFFERED=1
WORKDIR /app

# What changes seldom comes first, so that a change of the code installs nothing again.
COPY packages.txt requirements.txt ./
RUN apt-get update \
    && xargs apt-get install -y --no-install-recommends < packages.txt \
    && rm -rf /var/lib/apt/lists/* \
    && pip install -r requirements.txt

COPY . .
# Hugging Face runs containers as user 1000.
RUN python preflight.py python libraries \
    && useradd --uid 1000 --create-home deepmasque
USER deepmasque

EXPOSE 8501
HEALTHCHECK --interval=30s --timeout=5s --start-period=60s \
    CMD ["python", "deploy/health.py", "8501"]
CMD ["python", "-m", "streamlit", "run", "app.py", "--server.port", "8501"]
