# Builds the package in one stage and installs it in the next, as a user without rights.
FROM node:26-bookworm AS build
WORKDIR /warren
COPY package.json package-lock.json .npmrc ./
RUN npm ci --ignore-scripts
COPY . .
RUN npm pack --pack-destination /tmp

FROM node:26-bookworm-slim
COPY --from=build /tmp/warren-*.tgz /tmp/
RUN npm install --global --ignore-scripts /tmp/warren-*.tgz && rm /tmp/warren-*.tgz \
    && mkdir /data && chown node:node /data
USER node
WORKDIR /data
EXPOSE 7070
ENTRYPOINT ["warren"]
CMD ["up"]
