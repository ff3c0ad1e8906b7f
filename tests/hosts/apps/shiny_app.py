"""A chat in Shiny: one for each session."""

from shiny import App, Inputs, Outputs, Session, ui
from shinywidgets import output_widget, render_widget
from watched import watched

import ipygenesys as ig


def server(input: Inputs, output: Outputs, session: Session) -> None:
    @render_widget
    def chat() -> ig.Chat:
        return watched(ig.Chat.demo(seed=1))


app = App(ui.page_fluid(output_widget("chat")), server)
