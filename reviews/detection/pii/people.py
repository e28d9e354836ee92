"""First names that are common somewhere, without accents, and words for people; our own lists."""

from reviews.detection.pii.lexicon import lexicon

FIRST_NAMES = lexicon("""
aage aaron aart abby abdul abdullah abena abhishek abigail abiola abraham ada adam addison
adebayo adel adele adelheid aditi aditya adriaan adrian adriana adrien agathe agnes agneta
agnieszka ahmad ahmed aidan aiden aimee aino aisha ajay akash akbar aki akiko akira akosua akshay
alain alan albert albrecht alejandra alejandro aleksander aleksandr aleksandra aleksei alena
alessandra alessandro alessia alessio alex alexa alexander alexandra alexandre alexei alexis
alfonso alfred alfredo ali alice alicia alison allan allen allison alvaro alvin alyssa ama amanda
amber amelia amelie amina amir amira amit amrita amy ana anais anand anastasia anatoly anders
andras andre andrea andreas andrei andres andrew andrzej andy angel angela angelica angelina
angelo angie anh aniket aniko anil anita anja anjali ankit ankita ann anna annabelle annamaria
anne anne-marie anneli annette annie annika anouk antero anthony antje antoine antoinette anton
antonella antonia antonio antti anu anupama anushka anwar aphrodite april aravind ari ariadne
ariana arianna ariel arja arjun arlene armando arnar arnaud arne arnold arpad artem arthur arturo
artyom arun aruna arvind asa asad asgeir asha ashish ashlee ashley ashok ashton ashwin asim asta
astrid attila aubrey audrey aurelie aurore austin autumn ava avery axel ayesha ayodele ayumi aziz
babatunde balazs balint barbara barbel barnabas barry bart bartosz bas beata beatrice beatriz
becky bela belinda ben bence benedetta benito benjamin benoit bente berit bernadett bernadette
bernard bernd bernice bert bertha beth bethany betsy betty beverly bharat bilal bill billy birgit
birgitta birna birte bjarni bjorn blake blanche bo bob bobby bodil bogdan boglarka bohumil bojan
bonnie boris borje bozena brad bradley bram brandi brandon brandy branko brenda brendan brent
brett brian brianna bridget brigitte britt brittany brooke bruce bruna bruno bryan bryce bukola
caio caitlin caleb calvin cameron camila camille candace candice carl carla carlo carlos carly
carmen carol carolina caroline carolyn carrie carter casey cassandra cassidy catalina caterina
catherine cathy cecil cecile cecilia celine cesar chad chandra chantal charlene charles charlie
charlotte chelsea cheryl chester chiara chidi chie chika chinedu chioma chloe chris christa
christelle christer christian christie christina christine christoph christopher christos christy
chuck cindy claire clara clarence clark claude claudia claudio clayton clement clifford clint
clinton clyde cody coen colin colleen collin connie connor constance consuelo cooper corey
corinne cornelis cory costas courtney craig cristian cristina cristobal crystal csaba csilla
curtis cynthia cyril daan dagmar dagur daisuke daisy dale damian damir dan dana danica daniel
daniela daniele danielle danny darcy daria dario dariusz darlene darrell darren darryl dave david
davide dawn dean deanna debbie deborah debra dee deepa deepak deepika dejan delores delphine
denis denise dennis derek derrick desiree detlef devi devin dexter diana diane dianne didier
diego dieter dimitra dimitris dinesh dirk divya dmitri dmitry dolores domenico dominic don donald
donna dora doreen doris dorota dorothea dorothy dorthe doug douglas dragan drew duane duc dusan
dustin dwayne dwight dylan earl eberhard eddie edgar edit edith edmund edna edouard eduardo
edward edwin eero eetu eeva eija eila eileen einar eino eirikur ekaterina elaine eleanor elemer
elena eleni eli elijah elin elina elisa elise eliska elizabeth elizaveta elke ella ellen ellie
elliot elliott elmer elodie els elsa else elsie emanuele emeka emese emi emil emilie emilio emily
emma emmanuel eniko enrico enrique enzo eric erica erik erika erin erkki erling ernest ernesto
erwin esa esben esperanza esteban esther eszter ethan ethel etienne eugene eugenie eunice eva
evan evelyn everett evert evgeny ewa fabien fabio fabrice fabrizio faisal faith fang farah farid
farida fatima federica federico felicia felipe felix femke ferenc fernanda fernando filip filippo
finn fiona flavia flemming florence florent florian floris floyd folake frances francesca
francesco francis francisco francois francoise frank franklin frantisek franz fred freda frederic
frederick frederik fredrik freja freyja frida friedrich fritz fumiko funmilayo fyodor gabor
gabriel gabriela gabriele gabrielle gail galina ganesh garrett gary gaurav gavin geert geeta gene
genevieve gennady geoffrey george georgia georgy gerald geraldine gerard gerardo gerda gergely
gerhard gerrit geza giacomo gianluca gianni giannis gilbert gilles gina ginger giorgia giorgio
giorgos giovanni gisela gita gitte giulia giulio giuseppe gladys glen glenda glenn gloria gonzalo
gopal goran gordon gowtham grace graciela grant greg greger gregory greta gretchen grzegorz
guadalupe gudmundur gudrun guillaume guillermo gunilla gunnar gunther gustaf gustav gustavo guy
gwen gwendolyn gyorgy gyula habib hafdis hailey hakan haley halina halldor hamid hana hanna
hannah hanne hannele hannu hans hari harish harold harriet harry harsha haruka haruki haruto
harvey hasan hassan haukur hazel heather hector heidi heike heikki heinrich heinz helen helena
helene helga helgi heli helle helmi helmut hendrik henning henri henrietta henrik henry herbert
herman hernan herve hideki hieu hilary hilda hilde hildur hiro hiroko hiroshi hitomi hoang holger
holly homer hong hope horst howard hrafn hrvoje hua hubert hugh hugo hugues hui hung hunter huong
hussain hussein hye-jin ian ib ibolya ibrahim ida ifeoma ignacio igor iina ikechukwu ilaria
ildiko ilkka ilmari ilona ilse ilya imogen imran imre indira ines inge ingeborg ingegerd ingelise
inger ingibjorg ingmar ingo ingrid inna ioanna iqbal irena irene irina iris irma isaac isabel
isabella isabelle isaiah isidro ismail istvan ivan ivana ivica ivy iwona jaakko jaap jacek jack
jackie jackson jacob jacqueline jacques jade jadwiga jagdish jaime jake jakub jamal james jamie
jamil jan jana jane janet jani janice janine janne janos janusz jared jari jarmo jaroslav
jaroslaw jasmina jasmine jason javier jay jaya jean jeanette jeanne jeff jeffery jeffrey jelena
jenna jennie jennifer jenny jens jeppe jeremiah jeremy jermaine jeroen jerome jerry jerzy jesper
jesse jessica jessie jesus jette ji-hoon ji-woo jian jie jill jim jimmy jindrich jing jiri jitka
jo joachim joan joann joanna joanne joao joaquin jocelyn jochen jodi jodie jody joe joel joey
johan johanna john johnnie johnny jolan jon jona jonas jonathan joni joost jordan jorg jorge
jorgen joris jorn jose josef josefin josefina joseph josephine josh joshua jouni jovan joy joyce
jozef jozsef juan juanita judit judith judy juha juhani jukka julia julian juliana julianna julie
julien juliet julio jun june junko jurgen jussi justin justyna jutta jyoti kaarina kabir kai
kaija kailash kaisa kaitlyn kaito kaj kajsa kalevi kalle kalman kamal kamala kamil kamila kana
kaori kara karel karen kari karim karin karl karla karoly karsten kasper katalin katarzyna kate
katelyn katerina katherine kathleen kathryn kathy katie katja katri katrin katrina katsumi kavita
kavya kay kayla kazimierz kazuko kazuo kees kehinde keiko keisuke keith kelechi kelli kellie
kelly kelsey ken kendra kenichi kenji kenneth kenny kent kenta kerry kerstin kevin khadija khalid
kim kimberly kimmo kinga kiran kirill kirk kirsi kirsten kishore kjell klaas klara klaus knud
koen kofi kojo konrad konstantin kornelia kostas krishna krista kristen kristi kristin kristina
kristine kristjan kristoffer krisztian krisztina krystyna krzysztof ksenia kumar kumiko kurt
kveta kwame kyle kylie ladislav laerke laetitia laila lakshmi lalit lana lance larisa larissa
larry lars lasse laszlo latha latoya laura lauren laurent lauri laurie lawrence layla lea leah
lee leena lei leif leigh leila lena lenka lennart leo leon leona leonard leonardo leonid lerato
leroy leslie lester leszek leticia levente levi lewis liam libor lidia lieke liisa lila lilla
lillian lillie lily linda lindsay lindsey ling linh linnea lisa lisbeth liz ljiljana lloyd logan
lois lola lone lonnie lora lorena lorenza lorenzo loretta lori lorraine lothar lotte louis louise
lourdes lubomir luca lucas lucia luciano lucie lucille lucy lucyna ludmila ludovic ludwig luigi
luis luisa lukas lukasz luke lutz luz lydia lyle lynda lynn lynne maarten mabel maciej mackenzie
madeleine madeline madhavi madhu madison mads mae magda magdalena magdolna maggie magnus mahesh
mahmoud mai maja makoto maksim malcolm malene malgorzata malik malin mandy manfred manish manoj
manon mansour manuel manuela marc marcel marcela marcello marcia marcin marco marcos marcus marek
margaret margareta margarita margaux margie margit margret marguerite maria mariam marian mariana
marianna marianne marie marieke marija mariko marilyn marina mario marion marisa marisol marissa
mariusz marja marjatta marjorie mark marketa markku markus marleen marlene marlies marsha
marshall marta martha martin martina marvin mary maryam maryann marzena masako masaru masato
mason massimo matej mateo mateusz matheus mathew mathias mathieu mathilde mats matt matteo
matthew matthias matthieu matti mattias matyas maureen maurice mauricio maurizio mauro max maxim
maxime maxine maya mayumi meena meera megan meghan megumi mei melanie melinda melissa melody
melvin mercedes meredith merete mette mia michael michaela michal micheal michela michele
michelle michiko midori mieke miguel mihaly mika mikael mike mikhail mikkel mikko miklos milada
milan mildred milena milica milos miloslav milton min-jun mindy ming minh minna minnie minoru
miranda mireille miriam mirjana mirko miroslav miroslaw misty mitchell miyuki mogens mohamed
mohammad mohammed mohan molly monica monika monique morgan morten muhammad mukesh muriel mustafa
myra myrtle nabil nadezhda nadia nadine nadja naledi nancy nandini naoki naoko naomi narayan
nasir natalia natalie natalya natasha nathalie nathan nathaniel natsuki naveen nebojsa neha neil
nelson nemanja nenad neven ngozi nguyen nicholas nichole nick nicola nicolas nicole niels nikhil
nikita niklas niko nikolai nikolett nikos nils nina nisha nitin nkechi nnamdi noah nobuko nobuo
noel noemi noemie nomsa noor noora nora norbert noriko norma norman obinna octavio oddur odette
oksana ola olaf olafur ole oleg olga olive oliver olivia olivier olli olof olufemi olumide
oluwaseun oluwatobi omar ondrej opal ora ornella orsolya osamu oscar oskar osman otakar otis otto
outi owen paavo pablo padma paige paivi pal pallavi palle palmi paloma pam pamela panagiotis
paola paolo par parvati pascal pasi pat patricia patricio patrick patrik patsy patti patty paul
paula paulette paulina pauline paulo pavel pavla pawel pearl peder pedro peggy pekka penny pentti
per percy pernilla perry petar pete peter petr petra petri petter phil philip philippe phillip
phoebe phuong phyllis pia piero pierre pieter pietro pilar ping piotr pirjo pirkko piroska polina
pooja poul prabhu pradeep prakash pranav prasad prashant pratik praveen preben predrag preeti
preston priscilla priya priyanka przemyslaw qiang quang rachel radek radka radmila radoslaw
rafael rafaela rafal raffaele ragnar ragnheidur rahul raija rainer raj raja rajesh rajiv raju
rakesh ralph ram ramesh ramon ramona randall randy rani rania raphael raquel rashid rasmus raul
ravi ray raymond rebecca regina reginald regis rei reijo reiko reinhard reka rekha remi remy ren
renata renate rene renee reuben rex reza rhonda ricardo riccardo richard rick ricky riitta rik
rikke riley risto rita ritu ritva rob robert roberta roberto robin robyn rochelle rocio rodney
rodrigo roel rogelio roger rohan rohit rok roland rolf romain roman ron ronald rong ronnie rosa
rosalie rosanna rosario rose rosemary ross roxanne roy rozalia ruben ruby rudiger rudolf rudy
ruslan russell rusty ruth ruud ruzena ryan ryo ryota ryszard saara sabine sabrina sachiko sachin
sadie saeed said sakari sakura salim sally salma salvador salvatore sam samantha sami samir
samira samuel sana sandeep sander sandor sandra sandrine sandy sangeeta sanja sanjay sanna sanne
santiago santosh sara sarah sascha satish satoshi satu saul saurabh savannah savita scott sean
sebastian sebastien segun selena seo-yeon seppo serena sergei sergey sergio seth severine shahid
shane shannon shanti sharma sharon shaun shawn sheila shelby sheldon shelia shelley shelly sheri
sherri sherry sheryl shigeru shilpa shinji shiori shirin shirley shiva shota shreya shubham
siddharth sidney siegfried sierra signe sigrid sigridur sigrun sigurdur silke silvana silvia
silvio simon simona simone sipho sirpa sita siv sjoerd slawomir slobodan sneha snezana snorri
sofia sofie solange soledad solveig sonali sonia sonja sonya soo-jin sophia sophie sora soraya
soren spencer spyros sridhar srinivas stacey stacy staffan stanislav stanislaw stanley stavros
steen stefan stefania stefanie stefano steffen steinunn stella sten stepan stephane stephanie
stephen steve steven stewart stig stjepan stuart sture sudha sudhir sue sujata sultan summer
sunil sunita suresh susan susana susanna susanne susie suzanne sveinn sven svend svetlana swati
swen sybil sydney sylvain sylvia sylvie szabina szabolcs szilard szilvia szymon tabitha tadeusz
taichi taiwo takahiro takashi takeshi takumi tamara tamas tami tammy tanya tao tapani tapio tara
tariq tarja tarun tasha tatiana tatjana tatsuya tatyana taylor ted teemu temitope terence teresa
teresita tereza terezia tero terrance terrence terri terry terttu tetsuya thabo thandiwe thao
thea thelma themba theodore theresa thi thiago thibault thierry thijs thomas thor thora thorbjorn
thorir thorsten thuy tibor tiffany tiina tim timea timo timofey timothy tina tine ting tobias
todd tom tomas tomasz tommaso tommy tomoko toni tony tonya torsten toshiko toshimi toshio tove
tracey traci tracy trang travis trevor tricia trine trisha tristan troels troy tsubasa tuan tunde
tuomas tuula tyler tyrone ubul udo ulf ulla ulrich ulrik ulrika ulrike uma umberto unnur uros
ursula urszula usha usman ute uwe vaclav vaclava vadim valentin valentina valeria valerie valery
vanessa varun vasilis vasily veikko velma vera verna vernon veronica veronika veronique vesa
vesna vicki vickie vicky victor victoria vidya vijay vikas vikram viktor viktoria ville vilma
vilmos vimala vinay vincent vincenzo vineet vinod viola violet virgil virginia virginie vishal
vitaly vitor vittoria vittorio vivek vivian vladimir vladislav vlasta vojtech volker vuk
vyacheslav wade waldemar wallace walter wanda warren wayne wei wendell wendy werner wesley
whitney wieslaw wieslawa wietse wilbur wilhelm will willard willem william willie willis wilma
wim winifred winston wioletta wojciech wolfgang wouter xavier xia xiao ximena xin xiu yan yana
yang yann yannis yaroslav yash yasin yasmin yasuko yegor yetunde yi ying ylva yoko yolanda yong
yoshiko yoshio young-ho youssef yu yui yuka yuki yukiko yulia yumi yumiko yun yuri yusuf yutaka
yuto yves yvette yvonne zachary zahra zaid zainab zara zbigniew zdenek zdenka zdravko zeljko zhen
zinaida zita zoe zofia zoltan zoran zsofia zsolt zsuzsanna zuzana zuzanna zvonimir
""")
ALSO_WORDS = lexicon("""
ace ada alexa ama an angel april art ashton asia august austin autumn avery bas bill blake bo bram
brandy brook brooke buck carolina cash chance charity chase chelsea china chip christian chuck
clark clay cliff colt cooper crystal daisy dallas dawn dean del dot drew duc duke earl edit else
eve fae faith fay fern florence ford frank gay gene georgia ginger grace grant guy harmony hazel
heath heather homer hong hope houston hue hui hung hunter ib india iris ivy jack jade jasmine
jean jersey joy june kent king kit lance lee lei lily lincoln ling long luz madison mae mai major
mark marsh marshall mason max may mercedes mercy merry mia miles ming misty morgan nick norm
olive opal ora pal par paris pat patience pearl penny per pierce ping pip poppy prince rae ram
ray rea reg rei rich rick rita rock rod rory rose ruby rusty sage said sana sandy savannah sierra
signe sky sora steen sterling stu sue summer sunny sydney tab tad trace troy uma val van vi viola
violet virginia wade ward wei west will willow wing yan yi yong young yu
""")
"""Of those and others, what is a common word as well: alone it says nothing."""
PEOPLE = lexicon("""
agent applicant aunt baby boy brother child client colleague customer dad daughter driver employee
cousin father fiance fiancee friend gentleman girl grandchild granddaughter grandfather grandma
grandmother grandpa grandson guy husband kid lady man member
mom mother mum neighbor nephew niece partner patient person representative sister somebody someone
son spouse stepdaughter stepson teenager tenant toddler uncle victim wife woman
""")
