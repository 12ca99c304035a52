"""Reading the tables again once the review was run while the pages were open."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from sonospine.curation.web.saving import posted
from sonospine.curation.web.signing_in import own_path
from sonospine.curation.web.site import Site


def routes(site: Site) -> Sequence[Route]:
    """Return where the button on top of outdated pages leads."""

    def renew(request: Request, form: Mapping[str, str]) -> Response:
        site.renew()
        site.tell(request, "The tables of the last run are read.")
        return site.moved(request, own_path(form.get("back", "")) or "/")

    return [Route("/renew", posted(renew), methods=["POST"])]
