"""The hosts of widgets that can be had here, each pinned; and those that cannot, with the reason."""

from __future__ import annotations

from dataclasses import dataclass

from tests.hosts.visits import MarimoNotebook, Visiting, app, jupyter

MARIMO = ("marimo==0.25.2",)

PANEL = ("panel==1.9.4",)


@dataclass(frozen=True)
class Host:
    """A host of widgets, pinned, and how it is visited."""

    name: str
    """Without a comma."""
    packages: tuple[str, ...]
    """The first one's version is the host's."""
    visiting: Visiting
    of_pages: tuple[str, ...] = ()
    """Packages of npm that its pages are made of, where it would fetch them from elsewhere."""
    left_s: float = 10.0
    """Within so many seconds of the page's end, or of `chat.close()`, nothing of ours may be left."""
    cannot: tuple[str, ...] = ()
    """Steps of the tour that the host itself prevents, whatever is shown there."""
    remark: str = ""

    @property
    def version(self) -> str:
        return self.packages[0].partition("==")[2]


def panel(name: str, *, with_files: str = "", is_shared: bool = False) -> Visiting:
    return app(
        "panel", "serve", f"{name}.py", "--port", "{port}", "--unused-session-lifetime", "2000",
        "--check-unused-sessions", "1000", path=name, with_files=with_files, is_shared=is_shared,
    )  # fmt: skip


IPYKERNEL = ("ipykernel==7.4.0", "ipywidgets==8.1.9")
LAB = ("jupyterlab==4.6.6", *IPYKERNEL)
HOSTS = (
    Host("JupyterLab", LAB, jupyter("jupyterlab")),
    Host("Notebook", ("notebook==7.6.5", *IPYKERNEL), jupyter("notebook")),
    Host("Voilà", ("voila==0.5.13", *IPYKERNEL), jupyter("voila")),
    Host(
        "xeus-python in JupyterLab",
        ("xeus-python==0.19.0", "jupyterlab==4.6.6", "ipywidgets==8.1.9"),
        jupyter("jupyterlab", "xpython"),
        # Its source: `xcomm_manager::register_target` passes on by value what cannot be moved; `xcomm::send` knows no parent.
        cannot=("loaded again",),
        remark="to a page that comes back it gives no answer that ipywidgets knows as one: run the cell again",
    ),
    Host(
        "jupyter-collaboration on two pages",
        ("jupyter-collaboration==5.0.4", *LAB),
        jupyter("jupyterlab", is_shared=True),
    ),
    Host(
        "marimo edit",
        MARIMO,
        app(
            "marimo", "-q", "edit", "marimo_app.py", "--headless", "--no-token", "--port", "{port}",
            visit=MarimoNotebook,
        ),
    ),
    Host(
        "marimo run",
        MARIMO,
        app(
            "marimo", "-q", "run", "marimo_app.py", "--headless", "--no-token", "--port", "{port}",
            "--session-ttl", "1",
        ),
        remark="its session goes 120 s after its page, by `--session-ttl`",
    ),
    Host(
        "Shiny",
        ("shiny==1.8.0", "shinywidgets==0.8.2"),
        app("shiny", "run", "--port", "{port}", "shiny_app.py"),
    ),
    Host(
        "Solara",
        ("solara==1.64.1",),
        app("solara", "run", "solara_app.py", "--port", "{port}", "--no-open", "--production"),
        of_pages=("@widgetti/solara-vuetify3-app@5.2.0", "requirejs@2.3.6", "font-awesome@4.5.0"),
    ),
    Host("Panel", PANEL, panel("panel_app", with_files="panel_app?rich=1")),
    Host("Panel with one chat for all pages", PANEL, panel("panel_shared_app", is_shared=True)),
)  # fmt: skip
