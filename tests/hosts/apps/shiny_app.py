"""A chat in Shiny: one for each session."""

import remains
from shiny import App, Inputs, Outputs, Session, ui
from shinywidgets import output_widget, render_widget

import ipygenesys as ig

remains.tell()


def server(input: Inputs, output: Outputs, session: Session) -> None:
    @render_widget
    def chat() -> ig.Chat:
        return ig.Chat.demo(seed=1)


app = App(ui.page_fluid(output_widget("chat")), server)
