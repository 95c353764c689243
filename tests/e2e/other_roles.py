"""What others do on the way of a case: the administrator sees to the doors, the manager is asked, the auditor reads."""

from tests.e2e.visitor import Visitor

MANAGER = "vezeto@futar.example"


def look_after_the_doors(operator: Visitor) -> None:
    """A manager is invited; who must have a second step; who is warned when, and who would be now."""
    operator.open("/controllers")
    operator.follow("Futár Példa Kft.")
    operator.follow("Személyek és szerepkörök")
    operator.type("Név", "Vezető Vilma")
    operator.type("E-mail-cím", MANAGER)
    operator.choose("Szerepkör", "vezető")
    operator.press("Szerepkör megadása")
    operator.follow("Második lépés: kinek kötelező, kinek van")
    operator.picture("masodik-lepes-kinek")
    operator.follow("Riasztási rend")
    operator.picture("riasztasi-rend", 1400)
    operator.follow("Ki kapná ezt most?")
    operator.picture("ki-kapna", 1400)
    operator.open("/account/second-step")
    operator.picture("masodik-lepes", 1400)


def accept(person: Visitor, link: str, password: str) -> None:
    """Whoever is invited chooses a password."""
    person.open(link)
    person.type("Jelszó", password)
    person.press("Jelszó mentése és bejelentkezés")


def work_through_the_list(dpo: Visitor) -> None:
    """The playbook for a lost device, a task done, a comment for the colleagues."""
    dpo.follow("Munka")
    dpo.press("Teendőlista indítása: Elveszett vagy ellopott eszköz")
    dpo.page.get_by_role("button", name="Elvégeztem: ").first.click()
    dpo.sees("elvégezve")
    dpo.type("Új megjegyzés", "A futár délután bejön, és elmondja, hol állt az autó.")
    dpo.press("Megjegyzés hozzáadása")
    dpo.sees("hol állt az autó")
    dpo.picture("munka", 1500)


def ask_for_a_sign_off(dpo: Visitor) -> None:
    """The manager is asked for the follow-up; whether an answer comes or not, it may go out."""
    dpo.follow("Benyújtás")
    asked = dpo.region("A vezető jóváhagyása")
    dpo.choose("Mit nyújtanak be?", "Kiegészítő bejelentés", within=asked)
    asked.get_by_role("checkbox").check()
    dpo.press("Jóváhagyás kérése levélben", asked)


def look_at_what_is_asked(manager: Visitor, link: str) -> None:
    """Behind the link of the mail stands what is known, what is not, and how long there is."""
    manager.open(link)
    manager.sees("A bejelentés jóváhagyása")
    manager.picture("jovahagyas", 1500)


def read_one_entry(reader: Visitor, reference: str) -> None:
    """One entry of the register with every reason, as an auditor reads it, and the page that hands all of it out."""
    reader.open("/register")
    reader.follow(reference)
    reader.picture("bejegyzes", 1600)
    reader.open("/register")
    reader.follow("A nyilvántartás átadása")
    reader.picture("atadas")
