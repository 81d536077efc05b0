// Shows the API's own description. A separate file, because pages run no script of their own.
"use strict";

const place = document.getElementById("calls");

window.SwaggerUIBundle({
  domNode: place,
  url: place.dataset.schema,
  deepLinking: true,
  docExpansion: "list",
  persistAuthorization: false,
  validatorUrl: null,
  requestInterceptor(request) {
    request.headers["X-CSRFToken"] = place.dataset.token;
    return request;
  },
});
