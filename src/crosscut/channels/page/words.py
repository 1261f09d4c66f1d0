"""The few words the public pages say themselves, in the language of the site."""

from dataclasses import dataclass
from datetime import date, datetime


@dataclass(frozen=True, kw_only=True)
class Words:
    """One language's words."""

    language: str  # BCP 47
    skip: str  # the hidden link to the content
    home: str
    newer: str
    older: str
    all_posts: str
    about_tag: str  # with {tag}
    tags: str
    feed: str
    transcript: str
    credit: str
    published: str
    updated: str  # with {date}
    more: str  # link to where the post points
    missing: str
    missing_help: str
    gone: str
    gone_help: str
    nothing_yet: str
    episodes: str
    chapters: str
    listen: str
    download: str
    subscribe: str
    subscribe_help: str
    captions: str
    media: str
    pages: str
    day: str  # with {day}, {month}, {year}
    months: str  # twelve names


_ENGLISH = Words(
    language="en",
    skip="Skip to content",
    home="Home",
    newer="Newer",
    older="Older",
    all_posts="All posts",
    about_tag="About “{tag}”",
    tags="Topics",
    feed="Follow by feed",
    transcript="Transcript",
    credit="Credit",
    published="Published",
    updated="Changed on {date}",
    more="Find out more",
    missing="There is nothing here",
    missing_help="The address may be mistyped, or the page may have moved. The newest posts are on the first page.",
    gone="This page was taken down",
    gone_help="It was here once and has been removed on purpose. The newest posts are on the first page.",
    nothing_yet="Nothing has been published yet. Come back soon.",
    episodes="Episodes",
    chapters="Chapters",
    listen="Listen",
    download="Download",
    subscribe="Subscribe",
    subscribe_help="Copy this address into your podcast app:",
    captions="Captions",
    media="Pictures and films",
    pages="Pages",
    day="{day} {month} {year}",
    months="January February March April May June July August September October November December",
)
_GERMAN = Words(
    language="de",
    skip="Zum Inhalt springen",
    home="Startseite",
    newer="Neuer",
    older="Älter",
    all_posts="Alle Beiträge",
    about_tag="Zum Thema „{tag}“",
    tags="Themen",
    feed="Per Feed folgen",
    transcript="Abschrift",
    credit="Nachweis",
    published="Veröffentlicht",
    updated="Geändert am {date}",
    more="Mehr erfahren",
    missing="Hier ist nichts",
    missing_help="Die Adresse ist vielleicht falsch geschrieben oder umgezogen. Neues steht auf der Startseite.",
    gone="Diese Seite wurde entfernt",
    gone_help="Sie war einmal hier und wurde mit Absicht entfernt. Neues steht auf der Startseite.",
    nothing_yet="Noch ist nichts veröffentlicht. Schau bald wieder vorbei.",
    episodes="Folgen",
    chapters="Kapitel",
    listen="Anhören",
    download="Herunterladen",
    subscribe="Abonnieren",
    subscribe_help="Diese Adresse in die Podcast-App kopieren:",
    captions="Untertitel",
    media="Bilder und Filme",
    pages="Seiten",
    day="{day}. {month} {year}",
    months="Januar Februar März April Mai Juni Juli August September Oktober November Dezember",
)
_FRENCH = Words(
    language="fr",
    skip="Aller au contenu",
    home="Accueil",
    newer="Plus récent",
    older="Plus ancien",
    all_posts="Tous les articles",
    about_tag="Sur « {tag} »",
    tags="Sujets",
    feed="Suivre par flux",
    transcript="Transcription",
    credit="Crédit",
    published="Publié",
    updated="Modifié le {date}",
    more="En savoir plus",
    missing="Il n’y a rien ici",
    missing_help="L’adresse est peut-être mal écrite, ou la page a été déplacée. Les nouveautés sont sur l’accueil.",
    gone="Cette page a été retirée",
    gone_help="Elle était ici et a été retirée volontairement. Les nouveautés sont sur l’accueil.",
    nothing_yet="Rien n’est encore publié. Revenez bientôt.",
    episodes="Épisodes",
    chapters="Chapitres",
    listen="Écouter",
    download="Télécharger",
    subscribe="S’abonner",
    subscribe_help="Copiez cette adresse dans votre application de podcasts :",
    captions="Sous-titres",
    media="Images et films",
    pages="Pages",
    day="{day} {month} {year}",
    months="janvier février mars avril mai juin juillet août septembre octobre novembre décembre",
)
_SPANISH = Words(
    language="es",
    skip="Ir al contenido",
    home="Inicio",
    newer="Más nuevo",
    older="Más antiguo",
    all_posts="Todas las entradas",
    about_tag="Sobre «{tag}»",
    tags="Temas",
    feed="Seguir por canal web",
    transcript="Transcripción",
    credit="Crédito",
    published="Publicado",
    updated="Cambiado el {date}",
    more="Saber más",
    missing="Aquí no hay nada",
    missing_help="Quizá la dirección esté mal escrita o la página se haya movido. Lo nuevo está en el inicio.",
    gone="Esta página se retiró",
    gone_help="Estuvo aquí y se retiró a propósito. Lo nuevo está en el inicio.",
    nothing_yet="Todavía no se ha publicado nada. Vuelve pronto.",
    episodes="Episodios",
    chapters="Capítulos",
    listen="Escuchar",
    download="Descargar",
    subscribe="Suscribirse",
    subscribe_help="Copia esta dirección en tu aplicación de pódcast:",
    captions="Subtítulos",
    media="Imágenes y películas",
    pages="Páginas",
    day="{day} de {month} de {year}",
    months="enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre",
)
_ALL = {words.language: words for words in (_ENGLISH, _GERMAN, _FRENCH, _SPANISH)}


def words_for(language: str) -> Words:
    """The words of that language, English where there are none.

    >>> words_for("de-AT").older, words_for("mi").language
    ('Älter', 'en')
    """
    return _ALL.get(language.partition("-")[0].lower(), _ENGLISH)


def day(at: datetime | date, words: Words) -> str:
    """The date as people write it.

    >>> day(date(2026, 11, 22), words_for("de"))
    '22. November 2026'
    """
    return words.day.format(day=at.day, month=words.months.split()[at.month - 1], year=at.year)
