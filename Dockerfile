# One image for every role of the hub. Build: docker build -t tocsin .   Run: docker run -v tocsin:/app/var -p 8000:8000 tocsin
#   web         docker run tocsin                                  migrates, then serves; with HUB_DELIVERY_EMBEDDED it sends too
#   worker      docker run tocsin flask hub worker                 sends; PostgreSQL and Redis (HUB_DATABASE_URL, HUB_REDIS_URL)
#   dispatcher  docker run tocsin flask hub dispatch --forever     sends; without Redis
# All of them end in order on SIGTERM; give them 30 s. compose.yaml puts them together.
FROM node:20-bookworm-slim AS assets
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN npm ci --omit=dev --no-audit --no-fund

FROM python:3.11-slim-bookworm
WORKDIR /app
RUN useradd --create-home hub && install -d -o hub -g hub /app/var
COPY requirements.txt ./
RUN pip install --no-cache-dir --require-hashes -r requirements.txt
COPY . .
COPY --from=assets /app/node_modules ./node_modules
RUN for catalogue in hub/translations/*/LC_MESSAGES/messages.po; do \
      pybabel --quiet compile --input-file "$catalogue" --output-file "${catalogue%.po}.mo"; done
USER hub
VOLUME /app/var
ENV BIND=0.0.0.0:8000 FLASK_APP=wsgi.py
EXPOSE 8000
CMD ["sh", "-c", "flask hub init && exec gunicorn --config config/gunicorn.conf.py wsgi:app"]
